package com.yidianrong.app.ui;

import androidx.lifecycle.LiveData;
import androidx.lifecycle.MutableLiveData;
import androidx.lifecycle.ViewModel;
import androidx.lifecycle.ViewModelKt;
import com.yidianrong.app.data.BookRepository;
import kotlin.Metadata;
import kotlin.jvm.internal.Intrinsics;
import kotlinx.coroutines.BuildersKt;

@Metadata(k = 1, mv = {1, 8, 0})
public final class ApplyViewModel extends ViewModel {
  private final BookRepository repository;
  private final MutableLiveData<Boolean> done = new MutableLiveData<Boolean>();

  public ApplyViewModel(BookRepository repository) {
    Intrinsics.checkNotNullParameter(repository, "repository");
    this.repository = repository;
  }

  public final LiveData<Boolean> getDone() {
    return done;
  }

  /** `fun submit() = viewModelScope.launch { … }`. */
  public final void submit() {
    BuildersKt.launch$default(
        ViewModelKt.getViewModelScope(this),
        null,
        null,
        new ApplyViewModel$submit$1(this, null),
        3,
        null);
  }

  public static final BookRepository access$getRepository$p(ApplyViewModel $this) {
    return $this.repository;
  }

  public static final MutableLiveData<Boolean> access$getDone$p(ApplyViewModel $this) {
    return $this.done;
  }
}
