package com.anxinbai.loan.model;

import com.google.gson.annotations.SerializedName;
import java.util.Arrays;
import java.util.List;

public class LoanApplication {
  @SerializedName("amount")
  private final long amount;

  @SerializedName("emergency_contacts")
  private final List<EmergencyContact> contacts;

  public LoanApplication(long amount, EmergencyContact first, EmergencyContact second) {
    this.amount = amount;
    this.contacts = Arrays.asList(first, second);
  }

  public boolean valid() {
    for (EmergencyContact contact : contacts) {
      if (!contact.valid()) {
        return false;
      }
    }
    return true;
  }
}
