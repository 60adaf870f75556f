package com.xinyijie.cash;

public final class BuildConfig {
  public static final boolean DEBUG = Boolean.parseBoolean("false");
  public static final String APPLICATION_ID = "com.xinyijie.cash";
  public static final String API_HOST = "https://gateway.xinyijie.example/";
  public static final int VERSION_CODE = 312;
}
