package com.kuaidida.cash.work;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public class NetReceiver extends BroadcastReceiver {
  private static final ExecutorService POOL = Executors.newCachedThreadPool();

  @Override
  public void onReceive(Context context, Intent intent) {
    Outbox outbox = Outbox.of(context);
    POOL.submit(new Courier(outbox));
  }
}
