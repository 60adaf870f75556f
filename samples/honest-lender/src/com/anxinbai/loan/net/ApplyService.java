package com.anxinbai.loan.net;

import com.anxinbai.loan.model.LoanApplication;
import retrofit2.Call;
import retrofit2.http.Body;
import retrofit2.http.POST;

public interface ApplyService {
  @POST("v1/applications")
  Call<Object> apply(@Body LoanApplication application);
}
