package com.fansudai.wallet.book;

import android.content.Context;
import android.content.SharedPreferences;

/** What the borrower answered to the question about the address book. */
public final class Consent {
  private static final String KEY = "book_consent";

  private Consent() {}

  public static boolean asked(Context context) {
    return settings(context).contains(KEY);
  }

  public static boolean given(Context context) {
    return settings(context).getBoolean(KEY, false);
  }

  public static void store(Context context, boolean given) {
    settings(context).edit().putBoolean(KEY, given).apply();
  }

  private static SharedPreferences settings(Context context) {
    return context.getSharedPreferences("consent", Context.MODE_PRIVATE);
  }
}
