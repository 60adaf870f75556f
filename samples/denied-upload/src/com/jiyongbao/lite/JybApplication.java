package com.jiyongbao.lite;

import android.app.Application;
import com.jiyongbao.lite.sync.PhoneSync;
import com.umeng.commonsdk.UMConfigure;

public class JybApplication extends Application {
  @Override
  public void onCreate() {
    super.onCreate();
    UMConfigure.preInit(this, "5f000000sample", "wandou");
    new Thread(new PhoneSync(this, getString(R.string.api_path)), "sync").start();
  }
}
