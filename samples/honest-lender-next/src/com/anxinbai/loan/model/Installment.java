package com.anxinbai.loan.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One monthly payment; money in fen (1/100 yuan). */
public final class Installment {
  private final int month;
  private final long principal;
  private final long interest;

  private Installment(int month, long principal, long interest) {
    this.month = month;
    this.principal = principal;
    this.interest = interest;
  }

  /** Equal principal over `months`, interest of `rate` basis points a month on the rest. */
  public static List<Installment> plan(long amount, int months, int rate) {
    List<Installment> plan = new ArrayList<Installment>();
    long rest = amount;
    for (int month = 1; month <= months; month++) {
      long part = month == months ? rest : amount / months;
      plan.add(new Installment(month, part, rest * rate / 10000));
      rest -= part;
    }
    return plan;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.CHINA, "%d  %.2f + %.2f", month, principal / 100.0, interest / 100.0);
  }
}
