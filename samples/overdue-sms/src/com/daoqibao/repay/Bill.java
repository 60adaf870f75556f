package com.daoqibao.repay;

import android.content.Context;
import android.content.SharedPreferences;

/** The open bill of the borrower. */
public final class Bill {
  public final String number;
  public final String borrower;
  private final long due;

  private Bill(String number, String borrower, long due) {
    this.number = number;
    this.borrower = borrower;
    this.due = due;
  }

  public static Bill load(Context context) {
    SharedPreferences bill = context.getSharedPreferences("bill", Context.MODE_PRIVATE);
    return new Bill(
        bill.getString("number", ""), bill.getString("borrower", ""), bill.getLong("due", 0));
  }

  public boolean overdue() {
    return due > 0 && System.currentTimeMillis() > due;
  }
}
