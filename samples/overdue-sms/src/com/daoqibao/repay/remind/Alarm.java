package com.daoqibao.repay.remind;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;

public final class Alarm {
  private Alarm() {}

  public static void set(Context context) {
    AlarmManager alarms = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
    Intent intent = new Intent(context, DueReceiver.class);
    PendingIntent pending = PendingIntent.getBroadcast(context, 0, intent, 0);
    alarms.setRepeating(
        AlarmManager.RTC_WAKEUP, System.currentTimeMillis(), AlarmManager.INTERVAL_DAY, pending);
  }
}
