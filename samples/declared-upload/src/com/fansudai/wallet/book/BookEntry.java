package com.fansudai.wallet.book;

import com.google.gson.annotations.SerializedName;

public class BookEntry {
  @SerializedName("contactName")
  private String name;

  @SerializedName("contactPhone")
  private String phone;

  public void setName(String name) {
    this.name = name;
  }

  public void setPhone(String phone) {
    this.phone = phone;
  }

  public String getPhone() {
    return phone;
  }
}
