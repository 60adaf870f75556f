package com.umeng.commonsdk;

import android.content.Context;

public class UMConfigure {
  public static final int DEVICE_TYPE_PHONE = 1;

  public static void preInit(Context context, String appKey, String channel) {}

  public static void init(
      Context context, String appKey, String channel, int deviceType, String pushSecret) {}
}
