package com.xinyijie.cash.data;

import retrofit2.Call;
import retrofit2.http.Field;
import retrofit2.http.FormUrlEncoded;
import retrofit2.http.GET;
import retrofit2.http.Header;
import retrofit2.http.POST;
import retrofit2.http.Query;

public interface LoanService {
  @GET("loan/v2/product")
  Call<Envelope<Product>> product(@Query("channel") String channel);

  @FormUrlEncoded
  @POST("loan/v2/linkman/save")
  Call<Envelope<Object>> saveLinkman(
      @Header("X-Token") String token,
      @Field("relation") String relation,
      @Field("name") String name,
      @Field("mobile") String mobile,
      @Field("ext") String ext,
      @Field("black_box") String blackBox);
}
