package io.reactivex.schedulers;

import io.reactivex.Scheduler;

public final class Schedulers {
  public static Scheduler io() {
    return null;
  }
}
