package com.ruyibei.money.data;

public final class Account {
  private static final Account CURRENT = new Account();
  private String mobile = "";

  private Account() {}

  public static Account current() {
    return CURRENT;
  }

  public void login(String mobile) {
    this.mobile = mobile;
  }

  public String mobile() {
    return mobile;
  }
}
