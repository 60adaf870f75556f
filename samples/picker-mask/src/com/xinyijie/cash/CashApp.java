package com.xinyijie.cash;

import android.app.Application;
import com.xinyijie.cash.data.Session;

public class CashApp extends Application {
  @Override
  public void onCreate() {
    super.onCreate();
    Session.open(this);
  }
}
