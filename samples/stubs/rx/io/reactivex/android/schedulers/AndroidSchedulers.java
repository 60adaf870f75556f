package io.reactivex.android.schedulers;

import io.reactivex.Scheduler;

public final class AndroidSchedulers {
  public static Scheduler mainThread() {
    return null;
  }
}
