package androidx.work;

import java.util.concurrent.TimeUnit;

public final class OneTimeWorkRequest extends WorkRequest {
  OneTimeWorkRequest() {}

  public static final class Builder {
    public Builder(Class<? extends ListenableWorker> workerClass) {}

    public Builder setInitialDelay(long duration, TimeUnit timeUnit) {
      return this;
    }

    public OneTimeWorkRequest build() {
      return new OneTimeWorkRequest();
    }
  }
}
