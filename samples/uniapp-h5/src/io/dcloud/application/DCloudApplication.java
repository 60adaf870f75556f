package io.dcloud.application;

import android.app.Application;

public class DCloudApplication extends Application {
  @Override
  public void onCreate() {
    super.onCreate();
  }
}
