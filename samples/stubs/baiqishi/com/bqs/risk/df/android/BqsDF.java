package com.bqs.risk.df.android;

import android.content.Context;

public class BqsDF {
  public static void initialize(Context context, BqsParams params) {}

  public static String getTokenKey() {
    return "";
  }

  public static void commitContactsAndCallRecords(boolean contacts, boolean callRecords) {}

  public static void commitLocation() {}
}
