package com.google.gson;

public final class GsonBuilder {
  public GsonBuilder disableHtmlEscaping() {
    return this;
  }

  public Gson create() {
    return new Gson();
  }
}
