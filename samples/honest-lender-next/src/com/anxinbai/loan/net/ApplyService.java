package com.anxinbai.loan.net;

import com.anxinbai.loan.model.LoanApplication;
import com.anxinbai.loan.model.Relations;
import retrofit2.Call;
import retrofit2.http.Body;
import retrofit2.http.POST;

public interface ApplyService {
  @POST("v1/applications")
  Call<Object> apply(@Body LoanApplication application);

  @POST("v1/relations")
  Call<Object> relations(@Body Relations relations);
}
