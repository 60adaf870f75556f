package kotlin.coroutines.jvm.internal;

import java.io.Serializable;
import kotlin.Unit;
import kotlin.coroutines.Continuation;

public abstract class BaseContinuationImpl implements Continuation<Object>, Serializable {
  private final Continuation<Object> completion;

  public BaseContinuationImpl(Continuation<Object> completion) {
    this.completion = completion;
  }

  protected abstract Object invokeSuspend(Object result);

  public Continuation<Unit> create(Object value, Continuation<?> completion) {
    throw new UnsupportedOperationException();
  }

  @Override
  public final void resumeWith(Object result) {
    invokeSuspend(result);
  }
}
