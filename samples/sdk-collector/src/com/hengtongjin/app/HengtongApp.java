package com.hengtongjin.app;

import android.app.Application;

public class HengtongApp extends Application {
  @Override
  public void onCreate() {
    super.onCreate();
    Risk.start(this);
  }
}
