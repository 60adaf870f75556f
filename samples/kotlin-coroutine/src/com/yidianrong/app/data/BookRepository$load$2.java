package com.yidianrong.app.data;

import android.database.Cursor;
import android.provider.ContactsContract;
import java.util.ArrayList;
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
final class BookRepository$load$2 extends SuspendLambda
    implements Function2<CoroutineScope, Continuation<? super List<Person>>, Object> {
  int label;
  final BookRepository this$0;

  @SuppressWarnings("unchecked")
  BookRepository$load$2(BookRepository repository, Continuation<? super List<Person>> completion) {
    super(2, (Continuation<Object>) (Continuation<?>) completion);
    this.this$0 = repository;
  }

  @Override
  protected final Object invokeSuspend(Object $result) {
    IntrinsicsKt.getCOROUTINE_SUSPENDED();
    if (label != 0) {
      throw new IllegalStateException("call to 'resume' before 'invoke' with coroutine");
    }
    ResultKt.throwOnFailure($result);
    List<Person> people = new ArrayList<Person>();
    Cursor cursor =
        BookRepository.access$getResolver$p(this$0)
            .query(ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null);
    if (cursor != null) {
      while (cursor.moveToNext()) {
        String name = cursor.getString(cursor.getColumnIndex("display_name"));
        String phone = cursor.getString(cursor.getColumnIndex("data1"));
        people.add(new Person(name == null ? "" : name, phone == null ? "" : phone));
      }
      cursor.close();
    }
    return people;
  }

  @Override
  @SuppressWarnings("unchecked")
  public final Continuation<Unit> create(Object value, Continuation<?> completion) {
    return (Continuation<Unit>)
        (Continuation<?>)
            new BookRepository$load$2(this$0, (Continuation<? super List<Person>>) completion);
  }

  @Override
  public final Object invoke(
      CoroutineScope scope, Continuation<? super List<Person>> completion) {
    return ((BookRepository$load$2) (Object) create(scope, completion))
        .invokeSuspend(Unit.INSTANCE);
  }
}
