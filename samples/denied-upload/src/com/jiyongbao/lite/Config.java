package com.jiyongbao.lite;

/** Addresses of the back end. */
public final class Config {
  public static final String SCHEME = "http://";
  public static final String HOST = "m.jiyongbao.test";
  public static final int PORT = 8086;

  private Config() {}

  public static String url(String path) {
    StringBuilder address = new StringBuilder(SCHEME);
    address.append(HOST).append(':').append(PORT).append(path);
    return address.toString();
  }
}
