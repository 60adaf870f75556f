package com.yidianrong.app.ui;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Toast;
import androidx.lifecycle.LiveData;
import com.yidianrong.app.R;
import com.yidianrong.app.data.BookRepository;
import kotlin.Metadata;
import kotlin.Unit;
import kotlin.jvm.functions.Function0;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.internal.Intrinsics;

@Metadata(k = 1, mv = {1, 8, 0})
public final class ApplyActivity extends Activity {
  private ApplyViewModel model;

  @Override
  protected void onCreate(Bundle savedInstanceState) {
    super.onCreate(savedInstanceState);
    setContentView(R.layout.activity_apply);
    model = new ApplyViewModel(BookRepository.Companion.create(this));
    LiveData<Boolean> done = model.getDone();
    done.observeForever(new ApplyActivity$sam$Observer$0(new ApplyActivity$onCreate$1(this)));
    View submit = findViewById(R.id.submit);
    Intrinsics.checkNotNullExpressionValue(submit, "findViewById(R.id.submit)");
    ViewsKt.onTap(submit, new ApplyActivity$onCreate$2(this));
  }

  public static final ApplyViewModel access$getModel$p(ApplyActivity $this) {
    return $this.model;
  }

  public final void show(boolean done) {
    if (done) {
      Toast.makeText(this, R.string.done, Toast.LENGTH_SHORT).show();
    }
  }
}
