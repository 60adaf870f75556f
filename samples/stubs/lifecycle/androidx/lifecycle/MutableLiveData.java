package androidx.lifecycle;

public class MutableLiveData<T> extends LiveData<T> {
  public MutableLiveData() {}

  public void postValue(T value) {}

  public void setValue(T value) {}
}
