package io.reactivex;

import io.reactivex.disposables.Disposable;
import io.reactivex.functions.Consumer;
import io.reactivex.functions.Function;
import java.util.concurrent.Callable;

public abstract class Single<T> {
  public static <T> Single<T> fromCallable(Callable<? extends T> callable) {
    return null;
  }

  public static <T> Single<T> just(T item) {
    return null;
  }

  public final <R> Single<R> map(Function<? super T, ? extends R> mapper) {
    return null;
  }

  public final <R> Single<R> flatMap(Function<? super T, ? extends Single<? extends R>> mapper) {
    return null;
  }

  public final Single<T> subscribeOn(Scheduler scheduler) {
    return null;
  }

  public final Single<T> observeOn(Scheduler scheduler) {
    return null;
  }

  public final Disposable subscribe(
      Consumer<? super T> onSuccess, Consumer<? super Throwable> onError) {
    return null;
  }
}
