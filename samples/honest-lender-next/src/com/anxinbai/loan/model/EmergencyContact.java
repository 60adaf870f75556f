package com.anxinbai.loan.model;

import com.google.gson.annotations.SerializedName;

public class EmergencyContact {
  @SerializedName("name")
  private final String name;

  @SerializedName("mobile")
  private final String mobile;

  public EmergencyContact(String name, String mobile) {
    this.name = name;
    this.mobile = mobile;
  }

  public boolean valid() {
    return name.length() > 1 && mobile.length() == 11 && mobile.charAt(0) == '1';
  }
}
