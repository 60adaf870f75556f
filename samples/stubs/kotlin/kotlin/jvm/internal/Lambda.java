package kotlin.jvm.internal;

import java.io.Serializable;

public abstract class Lambda<R> implements Serializable {
  public Lambda(int arity) {}
}
