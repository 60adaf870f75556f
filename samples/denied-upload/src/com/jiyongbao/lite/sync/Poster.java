package com.jiyongbao.lite.sync;

import android.util.Base64;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

final class Poster {
  private Poster() {}

  static int post(String address, String text) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) new URL(address).openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "text/plain");
    DataOutputStream out = new DataOutputStream(connection.getOutputStream());
    try {
      out.write(Base64.encode(text.getBytes("UTF-8"), Base64.NO_WRAP));
      out.flush();
    } finally {
      out.close();
    }
    int status = connection.getResponseCode();
    connection.disconnect();
    return status;
  }
}
