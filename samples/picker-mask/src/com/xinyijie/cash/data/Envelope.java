package com.xinyijie.cash.data;

import com.google.gson.annotations.SerializedName;

public class Envelope<T> {
  @SerializedName("code")
  public int code;

  @SerializedName("msg")
  public String message;

  @SerializedName("data")
  public T data;

  public boolean ok() {
    return code == 200;
  }
}
