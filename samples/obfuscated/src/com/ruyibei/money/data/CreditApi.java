package com.ruyibei.money.data;

import io.reactivex.Single;
import retrofit2.http.Body;
import retrofit2.http.POST;

public interface CreditApi {
  @POST("qx/Lmo9/aPut")
  Single<Object> send(@Body Material material);
}
