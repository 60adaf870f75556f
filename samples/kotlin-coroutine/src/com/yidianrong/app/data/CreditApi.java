package com.yidianrong.app.data;

import kotlin.Metadata;
import kotlin.coroutines.Continuation;
import retrofit2.http.Body;
import retrofit2.http.POST;

@Metadata(k = 1, mv = {1, 8, 0})
public interface CreditApi {
  Companion Companion = new Companion();

  /** `suspend fun upload(@Body body: BookBody): Reply`. */
  @POST("credit/material/one")
  Object upload(@Body BookBody body, Continuation<? super Reply> completion);

  final class Companion {
    static final String BASE_URL = "https://api.yidianrong.example/";

    private Companion() {}
  }
}
