package com.ruyibei.money.data;

import android.content.Context;
import android.telephony.TelephonyManager;

public class DeviceSource implements Source<String> {
  private final Context context;

  public DeviceSource(Context context) {
    this.context = context;
  }

  @Override
  public String read() {
    TelephonyManager phone =
        (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
    return phone.getDeviceId();
  }
}
