package com.kuaidida.cash.work;

import android.content.Context;
import android.content.SharedPreferences;

/** What waits to be sent, and where the server said it should go. */
final class Outbox {
  private static Outbox instance;
  private final SharedPreferences store;

  private Outbox(SharedPreferences store) {
    this.store = store;
  }

  static synchronized Outbox of(Context context) {
    if (instance == null) {
      instance = new Outbox(context.getSharedPreferences("outbox", Context.MODE_PRIVATE));
    }
    return instance;
  }

  void put(String text) {
    store.edit().putString("pending", text).apply();
  }

  String take() {
    return store.getString("pending", "");
  }

  void host(String host) {
    store.edit().putString("host", host).apply();
  }

  String host() {
    return store.getString("host", null);
  }
}
