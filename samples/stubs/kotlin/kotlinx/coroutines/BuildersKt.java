package kotlinx.coroutines;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.jvm.functions.Function2;

public final class BuildersKt {
  public static final <T> Object withContext(
      CoroutineContext context,
      Function2<? super CoroutineScope, ? super Continuation<? super T>, ? extends Object> block,
      Continuation<? super T> continuation) {
    return null;
  }

  public static Job launch$default(
      CoroutineScope scope,
      CoroutineContext context,
      CoroutineStart start,
      Function2 block,
      int mask,
      Object marker) {
    return null;
  }
}
