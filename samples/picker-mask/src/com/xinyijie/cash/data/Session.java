package com.xinyijie.cash.data;

import android.content.Context;
import android.content.SharedPreferences;

/** What is remembered between two starts: the token, and whether the policy was accepted. */
public final class Session {
  private static SharedPreferences store;

  private Session() {}

  public static void open(Context context) {
    store = context.getSharedPreferences("session", Context.MODE_PRIVATE);
  }

  public static String token() {
    return store.getString("token", "");
  }

  public static boolean accepted() {
    return store.getBoolean("policy_accepted", false);
  }

  public static void accept() {
    store.edit().putBoolean("policy_accepted", true).apply();
  }
}
