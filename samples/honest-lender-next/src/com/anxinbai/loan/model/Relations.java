package com.anxinbai.loan.model;

import com.google.gson.annotations.SerializedName;
import java.util.ArrayList;
import java.util.List;

public class Relations {
  @SerializedName("list")
  private final List<EmergencyContact> list = new ArrayList<EmergencyContact>();

  public void add(EmergencyContact contact) {
    list.add(contact);
  }
}
