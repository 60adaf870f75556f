package com.xinyijie.cash.data;

import com.google.gson.annotations.SerializedName;

public class Product {
  @SerializedName("id")
  public String id;

  @SerializedName("max_quota")
  public long quota;

  @SerializedName("day_rate")
  public String rate;
}
