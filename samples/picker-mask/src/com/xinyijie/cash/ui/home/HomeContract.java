package com.xinyijie.cash.ui.home;

public interface HomeContract {
  interface View {
    void showQuota(String text);

    void say(int text);
  }

  interface Presenter {
    void load(String channel);
  }
}
