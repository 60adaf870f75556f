package kotlin.coroutines.jvm.internal;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;

public abstract class ContinuationImpl extends BaseContinuationImpl {
  public ContinuationImpl(Continuation<Object> completion) {
    super(completion);
  }

  @Override
  public CoroutineContext getContext() {
    return null;
  }
}
