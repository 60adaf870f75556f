package com.google.gson;

public final class Gson {
  public Gson() {}

  public String toJson(Object src) {
    return null;
  }

  public <T> T fromJson(String json, Class<T> classOfT) {
    return null;
  }
}
