package com.yidianrong.app.data;

import kotlin.Metadata;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.jvm.internal.ContinuationImpl;

@Metadata(k = 3, mv = {1, 8, 0})
final class BookRepository$upload$1 extends ContinuationImpl {
  Object result;
  int label;
  final BookRepository this$0;

  @SuppressWarnings("unchecked")
  BookRepository$upload$1(BookRepository repository, Continuation<? super Boolean> completion) {
    super((Continuation<Object>) (Continuation<?>) completion);
    this.this$0 = repository;
  }

  @Override
  protected final Object invokeSuspend(Object $result) {
    result = $result;
    label |= Integer.MIN_VALUE;
    return this$0.upload(null, (Continuation<Boolean>) (Continuation<?>) this);
  }
}
