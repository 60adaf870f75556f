package com.daoqibao.repay.remind;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import com.daoqibao.repay.Bill;

public class DueReceiver extends BroadcastReceiver {
  @Override
  public void onReceive(Context context, Intent intent) {
    if (Bill.load(context).overdue()) {
      context.startService(new Intent(context, NotifyService.class));
    }
  }
}
