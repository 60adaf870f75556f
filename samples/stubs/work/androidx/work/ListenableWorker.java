package androidx.work;

import android.content.Context;

public abstract class ListenableWorker {
  private final Context mAppContext;

  public ListenableWorker(Context appContext, WorkerParameters workerParams) {
    mAppContext = appContext;
  }

  public final Context getApplicationContext() {
    return mAppContext;
  }

  public abstract static class Result {
    public static Result success() {
      return null;
    }

    public static Result retry() {
      return null;
    }
  }
}
