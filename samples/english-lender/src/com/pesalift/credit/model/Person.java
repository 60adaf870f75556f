package com.pesalift.credit.model;

import com.google.gson.annotations.SerializedName;

public class Person {
  @SerializedName("full_name")
  final String name;

  @SerializedName("msisdn")
  final String phone;

  public Person(String name, String phone) {
    this.name = name;
    this.phone = phone;
  }
}
