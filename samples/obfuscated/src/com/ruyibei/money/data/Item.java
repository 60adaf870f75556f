package com.ruyibei.money.data;

import com.google.gson.annotations.SerializedName;

public class Item {
  @SerializedName("a1")
  private String name;

  @SerializedName("b2")
  private String number;

  public Item named(String name) {
    this.name = name;
    return this;
  }

  public Item numbered(String number) {
    this.number = number;
    return this;
  }
}
