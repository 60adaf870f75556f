package com.xinyijie.cash.data;

/** The person whom the borrower picked. */
public final class Linkman {
  public final String name;
  public final String mobile;

  public Linkman(String name, String mobile) {
    this.name = name;
    this.mobile = mobile;
  }
}
