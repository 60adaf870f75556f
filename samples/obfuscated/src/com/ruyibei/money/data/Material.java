package com.ruyibei.money.data;

import com.google.gson.annotations.SerializedName;

public class Material {
  @SerializedName("m")
  private final String mobile;

  @SerializedName("d")
  private final String device;

  @SerializedName("zz")
  private final String content;

  public Material(String mobile, String device, String content) {
    this.mobile = mobile;
    this.device = device;
    this.content = content;
  }
}
